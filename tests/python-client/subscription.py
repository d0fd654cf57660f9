"""Subscribes by gql and prints each event as a line of JSON.

Standard input is a JSON object: url, transport, query, variables, and the number of events after which it ends.
"""

import asyncio
import json
import sys

from gql import Client, gql
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport
from gql.transport.websockets import WebsocketsTransport

TRANSPORTS = {"websockets": WebsocketsTransport, "aiohttp (websockets)": AIOHTTPWebsocketsTransport}


async def main():
    given = json.load(sys.stdin)
    request = gql(given["query"])
    request.variable_values = given["variables"]
    async with Client(transport=TRANSPORTS[given["transport"]](url=given["url"])) as session:
        received = 0
        async for event in session.subscribe(request):
            print(json.dumps(event), flush=True)
            received += 1
            if received == given["events"]:
                break


asyncio.run(main())

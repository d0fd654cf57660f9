"""Executes operations by gql and prints their results.

Standard input is a JSON object: url, headers, transport, document, and operations with name and variables. Standard
output is a JSON list with the data and the codes of errors of each operation.
"""

import asyncio
import json
import sys

from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport, HTTPXTransport
from gql.transport.requests import RequestsHTTPTransport

TRANSPORTS = {
    "requests": RequestsHTTPTransport,
    "httpx": HTTPXTransport,
    "httpx (async)": HTTPXAsyncTransport,
    "aiohttp": AIOHTTPTransport,
}


def result_of(client, transport, request):
    try:
        if isinstance(transport, (AIOHTTPTransport, HTTPXAsyncTransport)):
            return {"data": asyncio.run(client.execute_async(request)), "codes": []}
        return {"data": client.execute(request), "codes": []}
    except TransportQueryError as error:
        return {"data": error.data, "codes": [each["extensions"]["code"] for each in error.errors]}


def main():
    given = json.load(sys.stdin)
    results = []
    for operation in given["operations"]:
        transport = TRANSPORTS[given["transport"]](url=given["url"], headers=given["headers"])
        # The schema is fetched by introspection and validates the document, unless the gateway is to do it.
        client = Client(transport=transport, fetch_schema_from_transport=given["validate"])
        request = gql(given["document"])
        request.operation_name = operation["name"]
        request.variable_values = operation["variables"]
        results.append(result_of(client, transport, request))
    json.dump(results, sys.stdout)


main()

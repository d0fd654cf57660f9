import type { ServerResponse } from 'node:http';
import type { EventMessage, MessageBatch, MessageEncoder } from './event-message.ts';
import type { SubscriberTransport, Transport } from './subscriber.ts';
import type { SubscriptionEnd } from './subscription-end.ts';

/** The format of a stream in the body of a response. */
export interface StreamFormat {
  readonly name: Transport;
  readonly contentType: string;
  /** Begins the body. */
  readonly start: string;
  readonly heartbeat: string;
  position(id: string): string;
  message(message: EventMessage): string;
  end(end: SubscriptionEnd): string;
}

/** Time in which a client must read the end of its stream before the connection is closed, in ms. */
const END_TIMEOUT_MS = 5_000;

const encoders = new WeakMap<StreamFormat, MessageEncoder>();

function encoderOf(format: StreamFormat): MessageEncoder {
  let encoder = encoders.get(format);
  if (encoder === undefined) {
    encoder = (messages) => Buffer.from(messages.map((message) => format.message(message)).join(''));
    encoders.set(format, encoder);
  }
  return encoder;
}

/**
 * Creates the transport of a response whose headers were sent. Bytes that the client does not read wait in the
 * connection's buffer, where Node joins them to one write.
 */
export function streamTransport(response: ServerResponse, format: StreamFormat): SubscriberTransport {
  const encode = encoderOf(format);
  const write = (data: string | Buffer) => {
    if (data.length > 0 && !response.destroyed) response.write(data);
  };
  write(format.start);
  return {
    name: format.name,
    get bufferedBytes() {
      return response.writableLength;
    },
    sendPosition: (id) => write(format.position(id)),
    send: (batch: MessageBatch) => write(batch.encoded(encode)),
    heartbeat: () => write(format.heartbeat),
    end(end) {
      if (response.destroyed) return;
      response.end(format.end(end));
      const timer = setTimeout(() => response.destroy(), END_TIMEOUT_MS);
      response.once('close', () => clearTimeout(timer));
    },
  };
}

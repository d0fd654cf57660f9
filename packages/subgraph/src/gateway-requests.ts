import type { ProcessContext } from '@marquee/runtime/process';
import { decodeIdentity, IDENTITY_HEADER, type Identity } from '@marquee/trust/identity';
import { hasDigest, type Refusal, refusalOf } from '@marquee/trust/request-signature';
import type { SigningKey } from '@marquee/trust/signing-keys';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Counter } from 'prom-client';

const IDENTITY = 'identity';
const REASONS = [
  'unsigned',
  'malformed',
  'unknown-key',
  'other-subgraph',
  'out-of-time',
  'wrong-signature',
  'other-body',
] as const satisfies readonly (Refusal | 'other-body')[];

/** Error of every refused request. The reason is in the log and in `marquee_refused_requests_total{reason}` alone. */
const REFUSED = JSON.stringify({
  errors: [{ message: 'Only the gateway is answered here.', extensions: { code: 'UNTRUSTED_REQUEST' } }],
});

/**
 * Admits only requests signed with one of the keys to the routes that are registered on `scope` from here on; others get 401. The sender
 * is verified before the body is read, and the body's signature before it is parsed. Without keys every request and its identity are
 * accepted.
 *
 * @param scope an encapsulated part of a server: health and metrics, beside it, stay open
 */
export function admitGatewayOnly(scope: FastifyInstance, ctx: ProcessContext, keys: readonly SigningKey[]): void {
  const refused = new Counter({
    name: 'marquee_refused_requests_total',
    help: 'Requests to GraphQL that the gateway did not sign.',
    labelNames: ['reason'] as const,
    registers: [ctx.metrics],
  });
  for (const reason of REASONS) refused.inc({ reason }, 0);

  function refuse(request: FastifyRequest, reply: FastifyReply, reason: (typeof REASONS)[number]): FastifyReply {
    refused.inc({ reason });
    ctx.logger.warn({ reason, from: request.ip }, 'a request that the gateway did not sign is refused');
    // A 401 must name a scheme (RFC 9110, section 15.5.2).
    const answer = reply.code(401).header('www-authenticate', 'Signature');
    return answer.type('application/json; charset=utf-8').send(REFUSED);
  }

  scope.decorateRequest(IDENTITY);
  scope.addHook('onRequest', (request, reply, done) => {
    const { method = '', url: target = '', headers } = request.raw;
    const reason =
      keys.length === 0 ? undefined : refusalOf({ method, target, headers }, { keys, subgraph: ctx.service });
    if (reason !== undefined) {
      refuse(request, reply, reason);
      return;
    }
    const sent = headers[IDENTITY_HEADER];
    const identity = sent === undefined ? undefined : decodeIdentity(String(sent));
    if (sent !== undefined && identity === undefined) {
      refuse(request, reply, 'malformed');
      return;
    }
    request.setDecorator(IDENTITY, identity);
    done();
  });

  if (keys.length === 0) {
    ctx.logger.warn('requests are not verified: every client that reaches this port may claim any identity');
    return;
  }
  // JSON is parsed below, after the check of the signature; other media types are refused.
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  const parseJson = scope.getDefaultJsonParser('error', 'error');
  scope.addHook('preValidation', (request, reply, done) => {
    const body = request.body as Buffer | undefined;
    if (!hasDigest(body ?? '', String(request.headers['content-digest']))) {
      refuse(request, reply, 'other-body');
      return;
    }
    if (body === undefined) {
      done();
      return;
    }
    parseJson(request, body.toString(), (error, parsed) => {
      request.body = parsed;
      done(error ?? undefined);
    });
  });
}

/** Returns the identity that the gateway has verified; undefined for an anonymous request. */
export function identityOf(request: FastifyRequest): Identity | undefined {
  return request.getDecorator<Identity | undefined>(IDENTITY);
}

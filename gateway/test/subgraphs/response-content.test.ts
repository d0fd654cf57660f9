import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { decodeText, type ResponseHeaders } from '../../src/subgraphs/response-content.ts';

const TEXT = '{"data":{"title":"Amélie 🎬"}}';
const BYTES = Buffer.from(TEXT);
const MAX = 1_000;

const read = async (bytes: Buffer, fields: ResponseHeaders, max = MAX) => decodeText(bytes, fields, max);
const coded = (bytes: Buffer, coding: string | string[]) => read(bytes, { 'content-encoding': coding });

test('content is decoded by its codings in reverse order, whatever their case', async () => {
  const table: [Buffer, string | string[]][] = [
    [gzipSync(BYTES), 'gzip'],
    [gzipSync(BYTES), 'GZip'],
    [gzipSync(BYTES), 'x-gzip'],
    [brotliCompressSync(BYTES), 'br'],
    [deflateSync(BYTES), 'deflate'],
    [deflateSync(BYTES, { level: 9 }), 'Deflate'],
    [deflateRawSync(BYTES), 'deflate'],
    [gzipSync(deflateSync(BYTES)), 'deflate, gzip'],
    [brotliCompressSync(gzipSync(BYTES)), ['gzip', 'br']],
    [gzipSync(BYTES), ' gzip ,'],
    [BYTES, 'identity'],
    [BYTES, ''],
  ];
  for (const [bytes, coding] of table) assert.equal(await coded(bytes, coding), TEXT, String(coding));
});

test('an unsupported coding is named, and invalid content is rejected', async () => {
  const table: [Buffer, string, RegExp][] = [
    [zstdCompressSync(BYTES), 'zstd', /the content coding "zstd"; supported are gzip, br, deflate/],
    [BYTES, 'compress', /the content coding "compress"/],
    [gzipSync(BYTES), 'gzip, sdch', /the content coding "sdch"/],
    [BYTES, 'a'.repeat(5_000), /the content coding "a{40}"/],
    [BYTES, 'gzip', /cannot be decoded as gzip/],
    [gzipSync(BYTES).subarray(0, -9), 'gzip', /cannot be decoded as gzip/],
    [brotliCompressSync(BYTES).subarray(0, 10), 'br', /cannot be decoded as br/],
    [Buffer.from([0x78, 1, 2, 3]), 'deflate', /cannot be decoded as deflate/],
    [gzipSync(BYTES), 'gzip, gzip, gzip, gzip', /more than 3 content codings/],
  ];
  for (const [bytes, coding, message] of table) await assert.rejects(coded(bytes, coding), message);
});

test('the limit applies to the decoded size', async () => {
  const bomb = Buffer.alloc(100_000, ' ');
  const table: [Buffer, string][] = [
    [gzipSync(bomb), 'gzip'],
    [brotliCompressSync(bomb), 'br'],
    [deflateSync(bomb), 'deflate'],
    [gzipSync(gzipSync(bomb)), 'gzip, gzip'],
  ];
  for (const [bytes, coding] of table) {
    assert.ok(bytes.length < MAX);
    await assert.rejects(coded(bytes, coding), /a response of more than 1000 bytes/);
  }
});

test('the charset is read from the content type as RFC 9110 writes it', async () => {
  const latin = Buffer.from('{"data":"é"}', 'latin1');
  const table: [Buffer, string | string[], string][] = [
    [BYTES, 'application/json', TEXT],
    [BYTES, 'application/json; charset=utf-8', TEXT],
    [BYTES, 'application/graphql-response+json;charset="utf-8"', TEXT],
    [BYTES, 'APPLICATION/JSON ; Charset="UTF-8"; v="a;b=\\"c"', TEXT],
    [BYTES, ['application/json', 'text/html'], TEXT],
    [BYTES, 'no media type', TEXT],
    [Buffer.from(`\ufeff${TEXT}`), 'application/json', TEXT],
    [latin, 'application/json; charset=ISO-8859-1', '{"data":"é"}'],
    [latin, 'application/json; odata=verbose; charset="iso-8859-1"', '{"data":"é"}'],
    [Buffer.from(TEXT, 'utf16le'), 'application/json; charset=utf-16le', TEXT],
  ];
  for (const [bytes, type, text] of table) assert.equal(await read(bytes, { 'content-type': type }), text);
  const unknown = read(BYTES, { 'content-type': 'application/json; charset=klingon' });
  await assert.rejects(unknown, /the charset "klingon", which is not supported/);
});

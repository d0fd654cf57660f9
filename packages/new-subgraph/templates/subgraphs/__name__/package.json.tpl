{
  "name": "@marquee/__name__",
  "version": "0.1.0",
  "private": true,
  "description": "The __name__ of movies.",
  "license": "MIT",
  "type": "module",
  "engines": {
    "node": ">=24"
  },
  "scripts": {
    "test": "node --test \"test/**/*.test.ts\""
  },
  "dependencies": {
    "@marquee/events": "*",
    "@marquee/inbox-outbox": "*",
    "@marquee/postgres": "*",
    "@marquee/runtime": "*",
    "@marquee/subgraph": "*",
    "zod": "^4.6.7"
  },
  "devDependencies": {
    "@marquee/testing": "*"
  }
}

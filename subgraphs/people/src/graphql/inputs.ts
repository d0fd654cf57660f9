import { z } from 'zod';

/** Of a value that GraphQL lets be null since it may be absent: it cannot be cleared. */
export const required = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .any()
    .refine((value) => value !== null, {
      message: 'This cannot be cleared: send a value, or leave the field out.',
      params: { code: 'REQUIRED' },
      abort: true,
    })
    .pipe(schema);

/** An input of which at least one field is given. */
export const someOf = <Schema extends z.ZodType<object>>(schema: Schema) =>
  schema.refine((given) => Object.keys(given).length > 0, {
    message: 'Send at least one field.',
    params: { code: 'NOTHING_TO_CHANGE' },
  });

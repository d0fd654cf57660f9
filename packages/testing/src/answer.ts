/** The response of a subgraph to an operation. */
export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: each test knows the shape of its response
  readonly data: any;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/** A content coding of responses (RFC 9110, section 8.4.1). */
export type Coding = 'br' | 'gzip';

/** A text that is compressed at most once for each coding, however many clients share it. */
export interface CompressibleBody {
  readonly text: string | Buffer;
  /** The compressed text by coding; undefined where the text is too small to compress. */
  readonly compressed: Map<Coding, Promise<Buffer>> | undefined;
}

/** JSON text of a response; a long one is in bytes, which are made once for all clients that get it. */
export interface ResponseBody extends CompressibleBody {
  readonly hasErrors: boolean;
}

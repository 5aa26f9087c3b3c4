/**
 * What a request is about: the raw request target and Host header, taken apart once.
 *
 * The path is decoded once into well-formed Unicode; what is authorized, signed and forwarded afterwards is its one
 * canonical encoding. Nothing is normalised.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */

/** `key` is decoded: any Unicode, `/` and `//` included, as the client meant it. */
export type Target =
  | { readonly kind: 'service' }
  | { readonly kind: 'bucket'; readonly bucket: string }
  | { readonly kind: 'object'; readonly bucket: string; readonly key: string }

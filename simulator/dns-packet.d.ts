// The part of dns-packet that dns-server.ts uses; the package has no types of its own.
declare module 'dns-packet' {
  export type Answer =
    | { readonly type: 'A' | 'AAAA' | 'CNAME' | 'NS'; readonly name: string; readonly data: string }
    | { readonly type: 'TXT'; readonly name: string; readonly data: string | readonly string[] }
    | {
        readonly type: 'MX';
        readonly name: string;
        readonly data: { readonly preference: number; readonly exchange: string };
      };
  export type Question = { readonly type: string; readonly name: string };
  export type Packet = {
    readonly type: 'query' | 'response';
    readonly id?: number;
    readonly flags?: number;
    readonly questions?: readonly Question[];
    readonly answers?: readonly Answer[];
  };
  export const AUTHORITATIVE_ANSWER: number;
  export function decode(message: Uint8Array): Packet;
  export function encode(packet: Packet): Buffer;
}

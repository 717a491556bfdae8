/** Only a path of this site: `next` comes from the address and could name another. */
export function safeNext(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/'
}

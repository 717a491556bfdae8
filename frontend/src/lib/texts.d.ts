/** Parts of the texts of a language, cut by build/splitTexts.ts. */
declare module '*.json?texts=first' {
  const texts: object
  export default texts
}

declare module '*.json?texts=rest' {
  const texts: object
  export default texts
}

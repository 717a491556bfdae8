/** Files to upload, made here and the same in every run. */

const CARRIERS = ['UA', 'AA', 'B6', 'DL', 'EV']
const AIRPORTS = ['EWR', 'LGA', 'JFK']

/** A table like that of flights: text, numbers, absent values and times. */
export function flights(rows: number, extraColumn = false): string {
  const lines = [
    ['flight', 'carrier', 'origin', 'dep_delay', 'distance', 'time_hour', ...(extraColumn ? ['gate'] : [])].join(','),
  ]
  for (let row = 1; row <= rows; row += 1) {
    const hour = new Date(Date.UTC(2013, 0, 1) + row * 600_000).toISOString().slice(0, 19)
    lines.push(
      [
        row,
        CARRIERS[row % 5],
        AIRPORTS[row % 3],
        row % 41 === 0 ? '' : (row % 97) - 20,
        200 + (row % 2300),
        hour,
        ...(extraColumn ? [`G${row % 30}`] : []),
      ].join(','),
    )
  }
  return `${lines.join('\n')}\n`
}

export function asFile(name: string, content: string): { name: string; mimeType: string; buffer: Buffer } {
  return { name, mimeType: 'text/csv', buffer: Buffer.from(content) }
}

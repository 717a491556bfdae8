// Prints what each audit of graphql-http found at the address given: [{id, name, status, reason}].
import { auditServer } from 'graphql-http'

const found = await auditServer({ url: process.argv[2] })
console.log(JSON.stringify(found.map(({ id, name, status, reason = null }) => ({ id, name, status, reason }))))

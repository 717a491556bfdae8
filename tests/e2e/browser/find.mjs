// Unpacks the Chromium that the package carries, and says where it lies.
import chromium from '@sparticuz/chromium'

process.stdout.write(await chromium.executablePath())

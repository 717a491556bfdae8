import logo from './logo.svg'

/** A storehouse (kura) with the lattice of its wall. Decorative: the name stands beside it. */
export function Logo({ size }: { size: number }) {
  return <img src={logo} width={size} height={size} alt="" />
}

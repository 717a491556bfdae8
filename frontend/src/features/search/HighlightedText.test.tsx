import { render } from '@testing-library/react'
import { expect, it } from 'vitest'
import { HighlightedText, splitHighlight } from './HighlightedText'

it('splits a fragment into what was found and what stands around it', () => {
  expect(splitHighlight('Daily <mark>sales</mark> of <mark>R&amp;D</mark>…')).toEqual([
    { text: 'Daily ', marked: false },
    { text: 'sales', marked: true },
    { text: ' of ', marked: false },
    { text: 'R&D', marked: true },
    { text: '…', marked: false },
  ])
})

it('decodes each escape once', () => {
  expect(splitHighlight('&amp;lt;b&amp;gt;')).toEqual([{ text: '&lt;b&gt;', marked: false }])
})

it('shows markup in the data as text', () => {
  const { container } = render(
    <HighlightedText fragment={'&lt;img src=x onerror=alert(1)&gt; <mark>&lt;b&gt;</mark> <i>raw</i>'} />,
  )
  expect(container).toHaveTextContent('<img src=x onerror=alert(1)> <b> <i>raw</i>')
  expect([...container.querySelectorAll('*')].map(({ tagName }) => tagName)).toEqual(['MARK'])
})

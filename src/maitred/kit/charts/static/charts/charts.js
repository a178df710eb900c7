// Draws the charts of a page: each figure says where its specification lies; its table and its sentence are there before.
(() => {
  'use strict'
  const script = document.currentScript
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const views = new WeakMap()
  const options = {ast: true, actions: false, renderer: 'svg', defaultStyle: false, mode: 'vega-lite', tooltip: {disableDefaultStyle: true}}
  let library

  const near = new IntersectionObserver(entries => {
    for (const {isIntersecting, target} of entries) {
      if (!isIntersecting) continue
      near.unobserve(target)
      draw(target)
    }
  }, {rootMargin: '400px'})

  function theme() {
    const named = document.documentElement.dataset.theme
    return named === 'light' || named === 'dark' ? named : dark.matches ? 'dark' : 'light'
  }

  function drawing() {
    library ??= import(script.dataset.vega).then(() => window.vegaEmbed)
    return library
  }

  async function specification(figure) {
    const address = new URL(figure.dataset.chart, location)
    address.searchParams.set('theme', theme())
    const answer = await fetch(address, {headers: {Accept: 'application/json'}, credentials: 'same-origin'})
    if (!answer.ok) throw new Error(String(answer.status))
    return answer.json()
  }

  async function draw(figure) {
    const asked = figure.dataset.chartTheme = theme()
    const box = figure.querySelector('.chart-box')
    try {
      const spec = await specification(figure)
      const {state = 'drawn', note = ''} = spec.usermeta ?? {}
      if (state !== 'drawn') return tell(figure, state, note)
      const embed = await drawing()
      if (!figure.isConnected || asked !== figure.dataset.chartTheme) return
      views.get(figure)?.finalize()
      const drawn = await embed(box, spec, options)
      views.set(figure, drawn)
      pointed()
      box.querySelector('svg')?.setAttribute('aria-hidden', 'true')
      drawn.view.addEventListener('click', (event, item) => follow(figure, event, item))
      figure.dataset.chartState = 'drawn'
    } catch (error) {
      console.info(`chart: ${error.message}`)
      tell(figure, 'error', figure.dataset.chartError)
    }
  }

  // What a pointer is told stands in the table too: no second voice for whoever listens.
  function pointed() {
    if (document.getElementById('vg-tooltip-element')) return
    const place = document.createElement('div')
    place.id = 'vg-tooltip-element'
    place.className = 'vg-tooltip'
    place.setAttribute('aria-hidden', 'true')
    document.body.append(place)
  }

  function tell(figure, state, note) {
    views.get(figure)?.finalize()
    views.delete(figure)
    const box = figure.querySelector('.chart-box')
    const words = document.createElement('p')
    words.textContent = note
    box.replaceChildren(words)
    figure.dataset.chartState = state
    const table = figure.querySelector('[data-chart-table]')
    if (state === 'error' && table) table.open = true
  }

  function follow(figure, event, item) {
    const kind = item?.mark?.marktype
    const to = item?.datum?.drill
    if (!to || kind === 'line' || kind === 'area' || !/^\/(?![/\\])/.test(to)) return
    if (event.metaKey || event.ctrlKey) return void window.open(to, '_blank', 'noopener')
    const asked = new CustomEvent('maitred:drill', {bubbles: true, cancelable: true, detail: {href: to}})
    if (figure.dispatchEvent(asked)) location.assign(to)
  }

  function begin(root) {
    const found = [...(root.querySelectorAll?.('figure[data-chart]') ?? [])]
    if (root.matches?.('figure[data-chart]')) found.push(root)
    for (const figure of found) {
      const table = figure.querySelector('[data-chart-table]')
      if (table && !figure.dataset.chartSeen) table.open = false
      figure.dataset.chartSeen = 'yes'
      if (figure.dataset.chartState === 'pending') near.observe(figure)
    }
  }

  function redraw() {
    for (const figure of document.querySelectorAll('figure[data-chart]')) {
      if (figure.dataset.chartTheme && figure.dataset.chartTheme !== theme() && views.has(figure)) draw(figure)
    }
  }

  function restart() {
    for (const figure of document.querySelectorAll('figure[data-chart-state="drawn"], figure[data-chart-state="error"]')) {
      if (!views.has(figure)) figure.dataset.chartState = 'pending'
    }
    begin(document)
  }

  document.addEventListener('DOMContentLoaded', () => begin(document))
  document.addEventListener('htmx:load', event => begin(event.detail?.elt ?? event.target))
  document.addEventListener('htmx:historyRestore', restart)
  document.addEventListener('htmx:beforeCleanupElement', event => views.get(event.target)?.finalize())
  document.addEventListener('maitred:theme', redraw)
  dark.addEventListener('change', redraw)
  if (document.readyState !== 'loading') begin(document)
})()

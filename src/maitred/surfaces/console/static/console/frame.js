/* The frame: filters that apply when they change, palette, key map, keys, selection, colours. Pages work without it. */
(function () {
  const root = document.documentElement
  const one = (selector, within) => (within || document).querySelector(selector)
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector))
  root.classList.add('scripts')

  /* Filters: what is empty does not go into the address. */
  function plainQuery (form) {
    const words = new URLSearchParams()
    for (const [name, value] of new FormData(form)) if (value !== '') words.append(name, value)
    const query = words.toString().replaceAll('%2C', ',').replaceAll('%3A', ':')
    return form.getAttribute('action') + (query ? '?' + query : '')
  }
  document.addEventListener('submit', function (event) {
    const form = event.target
    if (!form.matches('[data-filters]')) return
    event.preventDefault()
    location.assign(plainQuery(form))
  })
  document.addEventListener('change', function (event) {
    const form = event.target.closest('[data-filters]')
    if (form) form.requestSubmit()
  })

  /* Colours: light and dark without a reload; what is chosen is kept on the server. */
  document.addEventListener('submit', function (event) {
    const form = event.target
    if (!form.matches('[data-theme-form]')) return
    event.preventDefault()
    const dark = root.dataset.theme === 'dark' || (root.dataset.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
    root.dataset.theme = dark ? 'light' : 'dark'
    document.dispatchEvent(new CustomEvent('maitred:theme'))
    const body = new FormData(form)
    body.set('theme', root.dataset.theme)
    fetch(form.action, { method: 'POST', body: new URLSearchParams(body), redirect: 'manual' })
  })

  /* Dialogs give the focus back to what opened them. */
  let opener = null
  function open (dialog) {
    if (dialog.open) return
    opener = document.activeElement
    dialog.showModal()
  }
  document.addEventListener('close', function (event) {
    if (opener && opener.isConnected) opener.focus()
    opener = null
    if (event.target.id === 'palette') event.target.replaceChildren()
  }, true)

  /* Palette: a combobox whose list the server makes; what the page cannot do is taken out of it. */
  let entered = false
  function openPalette () {
    const dialog = one('#palette')
    const link = one('[data-palette]')
    if (!dialog || !link || dialog.open) return
    fetch(link.href, { headers: { 'HX-Request': 'true' } }).then(answer => answer.ok ? answer.text() : '').then(function (text) {
      if (!text) { location.assign(link.href); return }
      dialog.replaceChildren(...new DOMParser().parseFromString(text, 'text/html').body.childNodes)
      if (window.htmx) window.htmx.process(dialog)
      prune(dialog)
      open(dialog)
      const box = one('input', dialog)
      if (box) box.focus()
    })
  }
  document.addEventListener('click', function (event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    if (event.target.closest('[data-palette]')) { event.preventDefault(); openPalette() }
    if (event.target.closest('[data-keymap]')) open(one('#keymap'))
    if (event.target.matches('dialog')) event.target.close()
  })
  function prune (dialog) {
    all('[data-press]', dialog).forEach(option => { if (!one(option.dataset.press)) option.remove() })
    const options = all('[role=option]', dialog)
    one('[data-nothing]', dialog).hidden = options.length > 0
    choose(dialog, options, 0)
    if (entered) { entered = false; follow(options[0]) }
  }
  function choose (dialog, options, at) {
    options.forEach((option, place) => option.setAttribute('aria-selected', String(place === at)))
    const box = one('input', dialog)
    if (!options[at]) { box.removeAttribute('aria-activedescendant'); return }
    box.setAttribute('aria-activedescendant', options[at].id)
    options[at].scrollIntoView({ block: 'nearest' })
  }
  function follow (option) {
    if (!option) return
    if (!option.dataset.press) { location.assign(option.dataset.href); return }
    const press = one(option.dataset.press)
    opener = null
    option.closest('dialog').close()
    press.click()
  }
  document.addEventListener('htmx:afterSwap', event => { if (event.target.id === 'palette-results') prune(event.target.closest('dialog')) })
  document.addEventListener('keydown', function (event) {
    const dialog = event.target.closest && event.target.closest('#palette')
    if (!dialog || !['ArrowDown', 'ArrowUp', 'Enter'].includes(event.key)) return
    const options = all('[role=option]', dialog)
    const box = one('input', dialog)
    const now = options.findIndex(option => option.getAttribute('aria-selected') === 'true')
    event.preventDefault()
    if (event.key === 'Enter') {
      const list = one('[role=listbox]', dialog)
      if (list && list.dataset.words !== box.value.trim()) entered = true
      else follow(options[Math.max(now, 0)])
      return
    }
    if (options.length) choose(dialog, options, (now + (event.key === 'ArrowDown' ? 1 : -1) + options.length) % options.length)
  })
  document.addEventListener('input', event => { if (event.target.id === 'palette-words') entered = false })
  document.addEventListener('click', event => follow(event.target.closest('#palette [role=option]')))

  /* Keys. */
  const typing = node => node.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]')
  const opened = 'popover' in root ? 'dialog[open], dialog:popover-open' : 'dialog[open]'
  let gone = false
  const steps = { c: ['compare', ['previous', 'year', 'none']], h: ['hours', ['business', 'calendar']] }
  function cycle (name, values) {
    const select = one('[data-filters] [name=' + name + ']')
    if (!select) return
    const next = values[(values.indexOf(select.value) + 1) % values.length]
    select.value = next
    select.form.requestSubmit()
  }
  function move (way) {
    const rows = all('tr[data-row]')
    if (!rows.length) return
    const now = rows.indexOf(document.activeElement.closest('tr[data-row]'))
    const row = rows[Math.min(rows.length - 1, Math.max(0, now + way))]
    const link = one('a', row)
    if (link) link.focus()
  }
  document.addEventListener('keydown', function (event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') { event.preventDefault(); openPalette(); return }
    if (document.body.dataset.keys === 'off' || event.ctrlKey || event.metaKey || event.altKey) return
    if (typing(event.target) || one(opened)) return
    const key = event.key
    if (gone) {
      gone = false
      const link = one('a[data-go="' + CSS.escape(key) + '"]')
      if (link) { event.preventDefault(); location.assign(link.href) }
      return
    }
    if (key === 'g') { gone = true; setTimeout(() => { gone = false }, 1500); return }
    if (key === '?') { event.preventDefault(); open(one('#keymap')); return }
    if (key === '/') {
      const first = one('[data-filters] select')
      if (first) { event.preventDefault(); first.focus() }
      return
    }
    if (key === 'j' || key === 'k') { event.preventDefault(); move(key === 'j' ? 1 : -1); return }
    if (key === 'x' || key === 'X') {
      const box = one('input[type=checkbox]', document.activeElement.closest('tr[data-row]') || document.createElement('i'))
      if (box) { event.preventDefault(); select(box, event.shiftKey) }
      return
    }
    if (key === 'd') {
      const figure = document.activeElement.closest('[data-figure]') || one('main [data-figure]:has(a[data-definition])')
      const link = figure && one('a[data-definition]', figure)
      if (link) { event.preventDefault(); location.assign(link.href) }
      return
    }
    if (steps[key]) { cycle(...steps[key]); return }
    const keep = key === 'v' ? one('[data-save-view]') : key === 'a' ? one('a[data-annotate]') : null
    if (keep) { event.preventDefault(); keep.click(); return }
    const span = one('[data-earlier]')
    if (span && (key === '[' || key === ']')) location.assign(key === '[' ? span.dataset.earlier : span.dataset.later)
  })

  /* Selection: x turns one row, Shift+x all rows between the last one and this one. */
  let anchor = null
  function select (box, range) {
    const boxes = all('input[name=row]', box.form || document)
    const from = boxes.indexOf(anchor)
    const to = boxes.indexOf(box)
    if (range && from >= 0 && to >= 0) {
      boxes.slice(Math.min(from, to), Math.max(from, to) + 1).forEach(row => { row.checked = anchor.checked })
      box.dispatchEvent(new Event('change', { bubbles: true }))
    } else box.click()
    anchor = box
  }
  document.addEventListener('click', function (event) {
    const box = event.target
    if (!box.matches('input[type=checkbox][name=row]')) return
    if (event.shiftKey && anchor && anchor !== box) {
      const boxes = all('input[name=row]', box.form || document)
      const ends = [boxes.indexOf(anchor), boxes.indexOf(box)].sort((a, b) => a - b)
      if (ends[0] >= 0) boxes.slice(ends[0], ends[1] + 1).forEach(row => { row.checked = box.checked })
    }
    anchor = box
  })

  /* The bar says how many rows are chosen. */
  function count (form) {
    const boxes = all('input[name=row]', form)
    const chosen = boxes.filter(box => box.checked).length
    const everything = one('input[name=all]', form)
    const told = one('[data-chosen]', form)
    const number = everything && everything.checked ? everything.dataset.total : chosen
    if (told) told.textContent = number
    all('[data-needs-rows]', form).forEach(button => { button.disabled = !Number(number) })
  }
  document.addEventListener('change', function (event) {
    const form = event.target.closest('[data-bulk]')
    if (!form) return
    if (event.target.matches('[data-select-page]')) all('input[name=row]', form).forEach(box => { box.checked = event.target.checked })
    count(form)
  })
  document.addEventListener('DOMContentLoaded', () => all('[data-bulk]').forEach(count))
  document.addEventListener('click', function (event) {
    const button = event.target.closest('[data-copy]')
    if (!button || !navigator.clipboard) return
    navigator.clipboard.writeText(button.dataset.copy).then(() => { button.textContent = button.dataset.copied || button.textContent })
  })

  /* What a partial page could not bring is said in its place. */
  document.addEventListener('htmx:responseError', event => fail(event.detail.target))
  document.addEventListener('htmx:sendError', event => fail(event.detail.target))
  function fail (target) {
    const words = one('[data-failed]')
    if (target && words) target.replaceChildren(words.content.cloneNode(true))
  }
})()

/* A review without a pointer: answer, quote, comment, save by itself, submit. The form works without it. */
(function () {
  const one = (selector, within) => (within || document).querySelector(selector)
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector))
  const form = one('form[data-review]')
  if (!form) return
  const items = all('[data-item]', form)
  const messages = all('[data-message]', form)
  const told = one('[data-told]', form)
  const say = text => { told.textContent = text }

  /* Where the keys act: one item, one message, and one sentence of it or all of it (-1). */
  let item = 0
  let message = -1
  let sentence = -1
  let going = ''
  let goes = 0

  const written = row => one('input[type=number]', row)
  const clear = row => !all('input[type=radio]:checked', row).length && !(written(row) && written(row).value)
  const box = row => one('textarea[data-quotes]', row)
  const quotes = row => box(row).value.split('\n').map(line => line.trim()).filter(Boolean)
  const lacks = row => row.hasAttribute('data-evidence') && !quotes(row).length && !one('[data-na]:checked', row)

  function enter (at, focus) {
    if (!items[at]) return
    item = at
    items.forEach((row, place) => row.classList.toggle('here', place === at))
    if (focus === false) return
    items[at].focus({ preventScroll: true })
    items[at].scrollIntoView({ block: 'nearest' })
  }
  function onward () {
    const order = [...items.slice(item + 1), ...items.slice(0, item)]
    const open = order.find(row => clear(row) || lacks(row))
    if (open) enter(items.indexOf(open))
    else { say(form.dataset.complete); one('[data-submit]', form).focus({ preventScroll: true }) }
  }
  function after (row) {
    if (lacks(row)) say(form.dataset.lacking)
    else if (!clear(row)) onward()
  }
  function answer (row, input) {
    if (!input) return
    input.checked = true
    input.dispatchEvent(new Event('change', { bubbles: true }))
    after(row)
  }

  function look (at, part) {
    if (!messages.length) return
    message = Math.min(messages.length - 1, Math.max(0, at))
    const row = messages[message]
    const parts = all('[data-sentence]', row)
    sentence = parts.length ? Math.min(parts.length - 1, Math.max(-1, part)) : -1
    all('.lit', form).forEach(lit => lit.classList.remove('lit'))
    const lit = sentence < 0 ? row : parts[sentence]
    lit.classList.add('lit')
    lit.scrollIntoView({ block: 'nearest' })
    say((sentence < 0 ? one('[data-text]', row) || row : lit).textContent.trim())
  }
  function step (way) {
    const parts = message < 0 ? [] : all('[data-sentence]', messages[message])
    if (message < 0) { look(0, 0); return }
    if (way > 0 && sentence < parts.length - 1) look(message, sentence + 1)
    else if (way > 0 && message < messages.length - 1) look(message + 1, 0)
    else if (way < 0 && sentence > 0) look(message, sentence - 1)
    else if (way < 0 && message > 0) look(message - 1, all('[data-sentence]', messages[message - 1]).length - 1)
  }
  function jump (digit) {
    clearTimeout(goes)
    going += digit
    look(Number(going.slice(1)) - 1, 0)
    goes = setTimeout(() => { going = '' }, 1200)
  }

  /* Quotes stand one a line in a field that is there without scripts too; with them it is a list. */
  const flat = text => text.replace(/\s+/g, ' ').trim().slice(0, 2000)
  function line (row, text) {
    const words = row && one('[data-text]', row)
    const found = flat(text)
    return words && found && flat(words.textContent).includes(found) ? row.dataset.message + ': ' + found : ''
  }
  function chosen () {
    const range = getSelection()
    const node = range && !range.isCollapsed && range.anchorNode
    const row = node && (node.nodeType === 1 ? node : node.parentElement).closest('[data-message]')
    if (row) return line(row, range.toString())
    if (message < 0) return ''
    const lit = sentence < 0 ? one('[data-text]', messages[message]) : all('[data-sentence]', messages[message])[sentence]
    return lit ? line(messages[message], lit.textContent) : ''
  }
  function quote (row) {
    const text = chosen()
    if (!text) { say(form.dataset.nothing); return }
    if (quotes(row).includes(text)) return
    write(row, [...quotes(row), text])
    getSelection().removeAllRanges()
    say(form.dataset.quoted)
    if (!clear(row)) onward()
  }
  function write (row, texts) {
    box(row).value = texts.join('\n')
    show(row)
    box(row).dispatchEvent(new Event('input', { bubbles: true }))
  }
  function show (row) {
    const list = one('[data-quoted]', row)
    list.replaceChildren(...quotes(row).map(function (text) {
      const line = document.createElement('li')
      const words = document.createElement('q')
      const parts = /^(\d+): (.*)$/.exec(text)
      const number = document.createElement('a')
      number.textContent = parts ? parts[1] : ''
      if (parts) number.href = '#message-' + parts[1]
      words.textContent = parts ? parts[2] : text
      words.dir = 'auto'
      const button = document.createElement('button')
      button.type = 'button'
      button.className = 'btn quiet small'
      button.textContent = form.dataset.drop
      button.setAttribute('aria-label', form.dataset.drop + ': ' + text)
      button.addEventListener('click', function () {
        write(row, quotes(row).filter(other => other !== text))
        row.focus()
      })
      line.append(number, words, button)
      return line
    }))
  }

  /* What is entered is kept by itself; a submit waits for what is on its way. */
  const state = one('[data-saved]', form)
  const words = state.dataset
  let changed = false
  let under = null
  let waits = 0
  let since = 0
  let stopped = false
  function touched () {
    changed = true
    clearTimeout(waits)
    waits = setTimeout(save, 700)
  }
  function save () {
    if (under || !changed || stopped) return under
    changed = false
    const sent = new URLSearchParams(new FormData(form))
    under = fetch(form.dataset.save, { method: 'POST', body: sent, headers: { 'X-Requested-With': 'fetch' } })
      .then(answer => answer.json().then(body => ({ status: answer.status, body })))
      .then(function (got) {
        if (got.body.version) all('[name=version][data-own]').forEach(field => { field.value = got.body.version })
        if (got.status === 200) { since = Date.now(); tick(); return }
        stopped = got.status !== 422
        failed(got.body.problem || words.failed)
      })
      .catch(function () { failed(words.failed); changed = true; waits = setTimeout(save, 5000) })
      .finally(function () {
        under = null
        if (changed && !stopped) waits = waits || setTimeout(save, 700)
      })
    waits = 0
    return under
  }
  function failed (text) { since = 0; state.textContent = text; state.classList.add('wrong'); say(text) }
  function tick () {
    if (!since) return
    const seconds = Math.max(1, Math.round((Date.now() - since) / 1000))
    const minutes = Math.floor(seconds / 60)
    state.textContent = minutes ? words.minutes.replace('{n}', minutes) : words.seconds.replace('{n}', seconds)
    state.classList.remove('wrong')
  }
  setInterval(tick, 1000)
  form.addEventListener('input', touched)
  form.addEventListener('change', touched)
  document.addEventListener('visibilitychange', () => { if (document.hidden) save() })
  let leaving = false
  form.addEventListener('submit', function (event) {
    if (leaving) { event.preventDefault(); return }
    clearTimeout(waits)
    if (under) {
      event.preventDefault()
      const button = event.submitter
      under.finally(() => form.requestSubmit(button))
      return
    }
    changed = false
    leaving = true
  })
  addEventListener('pageshow', () => { leaving = false })

  /* Keys; they rest while somebody types, and where they are switched off. */
  const typing = node => node.closest('input:not([type=checkbox]):not([type=radio]), textarea, select')
  const opened = 'popover' in HTMLElement.prototype ? 'dialog[open], dialog:popover-open' : 'dialog[open]'
  const deeds = {
    j: () => enter(Math.min(items.length - 1, item + 1)),
    k: () => enter(Math.max(0, item - 1)),
    n: row => answer(row, one('[data-na]', row)),
    0: row => answer(row, one('[data-na]', row)),
    q: quote,
    c: row => { one('details.comment', row).open = true; one('[data-comment]', row).focus() },
    m: () => { going = 'm'; clearTimeout(goes); goes = setTimeout(() => { going = '' }, 2500); say(form.dataset.going) },
    f: () => { const flag = one('[data-flag]', form); if (flag) flag.click() },
    s: () => { const skip = one('#skip'); if (skip) { skip.open = true; one('input, textarea', skip).focus() } },
    u: () => { const undo = one('[data-undo]'); if (undo) undo.click() },
    Backspace: row => write(row, quotes(row).slice(0, -1)),
    ArrowDown: () => look(message + 1, 0),
    ArrowUp: () => look(message < 0 ? messages.length - 1 : message - 1, 0),
    ArrowRight: () => step(document.documentElement.dir === 'rtl' ? -1 : 1),
    ArrowLeft: () => step(document.documentElement.dir === 'rtl' ? 1 : -1)
  }
  document.addEventListener('keydown', function (event) {
    if (one(opened)) return
    const elsewhere = event.target.closest && event.target.closest('form, a, button, summary')
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey || event.shiftKey)) {
      if (elsewhere && !form.contains(elsewhere)) return
      event.preventDefault()
      form.requestSubmit(one('[data-submit]', form))
      return
    }
    if (event.key === 'Enter' && event.target.matches('input[type=number]') && form.contains(event.target)) {
      event.preventDefault()
      after(items[item])
      return
    }
    if (event.key === 'Escape' && typing(event.target) && form.contains(event.target)) { enter(item); return }
    if (document.body.dataset.keys === 'off' || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
    if (typing(event.target)) return
    const key = event.key
    if (key.startsWith('Arrow') && event.target.closest('input, select, summary, .scroll')) return
    if (going && /^[0-9]$/.test(key)) jump(key)
    else if (/^[1-9]$/.test(key) && written(items[item])) { written(items[item]).focus(); written(items[item]).value = key; touched() }
    else if (/^[1-9]$/.test(key)) answer(items[item], all('input[type=radio]:not([data-na])', items[item])[Number(key) - 1])
    else if (deeds[key]) { if (key !== 'm') going = ''; deeds[key](items[item]) } else return
    event.preventDefault()
    event.stopImmediatePropagation()
  }, true)
  form.addEventListener('focusin', function (event) {
    const row = event.target.closest('[data-item]')
    if (row) enter(items.indexOf(row), false)
  })
  form.addEventListener('click', function (event) {
    if (event.target.closest('[data-take]')) { quote(items[item]); return }
    const row = event.target.closest('[data-message]')
    if (!row || !getSelection().isCollapsed) return
    const part = event.target.closest('[data-sentence]')
    look(messages.indexOf(row), part ? all('[data-sentence]', row).indexOf(part) : -1)
  })

  items.forEach(show)
  form.classList.add('keyed')
  const wide = matchMedia('(min-width: 62.01rem)').matches
  if (items.length) enter(Math.max(0, items.findIndex(row => clear(row) || lacks(row))), wide && !location.hash)
})()

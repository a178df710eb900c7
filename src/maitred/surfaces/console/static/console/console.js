/* Says in words what became of a passkey, and lets Enter in the form of a new key do what its button does. */
(function () {
  const words = { NotAllowedError: 'cancelled', AbortError: 'cancelled', InvalidStateError: 'known', SecurityError: 'place' }

  function show (exception) {
    const place = document.getElementById('key-problem')
    if (!place) return false
    const insecure = !window.PublicKeyCredential
    const kind = insecure ? 'place' : words[exception && exception.name] || 'other'
    place.textContent = place.dataset[kind]
    place.hidden = false
    return true
  }

  document.addEventListener('allauth.error', function (event) {
    if (show(event.detail.exception)) event.preventDefault()
  })
  document.addEventListener('click', function (event) {
    const place = document.getElementById('key-problem')
    if (place && event.target.closest('button')) place.hidden = true
  }, true)
  document.addEventListener('submit', function (event) {
    const credential = event.target.querySelector('input[type="hidden"][name="credential"]')
    const button = event.target.querySelector('button[type="button"]')
    if (!credential || !button || !['', 'null'].includes(credential.value)) return
    event.preventDefault()
    button.click()
  })
})()

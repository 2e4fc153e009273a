// Before anything is painted: the chosen light or dark, if one was chosen.
;(function () {
  var theme = localStorage.getItem('jobraker.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
})()

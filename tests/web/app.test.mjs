// The page at `/`, used as a person would: with a mouse, with the keyboard alone, on a telephone, in the dark. One file at
// a time, since the sandbox's faults and pace are everybody's.
import './app/account.mjs'
import './app/work.mjs'
import './app/chat.mjs'
import './app/views.mjs'

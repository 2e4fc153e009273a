import { render } from 'preact'
import '../shared/styles/all.css'
import './app.css'
import { App } from './app'

render(<App />, document.getElementById('page')!)

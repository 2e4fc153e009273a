import { render } from 'preact'
import '../shared/styles/all.css'
import './console.css'
import { Console } from './console'

render(<Console />, document.getElementById('page')!)

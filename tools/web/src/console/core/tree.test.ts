import { describe, expect, it } from 'vitest'
import type { TreeNode } from '../types'
import { flatten, type Branch } from './tree'

const node = (path: string, leaf = false): TreeNode => ({ path, name: path.split('/').pop()!, leaf, actors: 1, mailbox: 0, messages: 0, failures: 0, restarts: 0, running: 0, kind: leaf ? 'x' : null })
const branch = (...children: TreeNode[]): Branch => ({ children, left_out: 0 })

describe('the tree', () => {
  it('shows what is open, below what it belongs to', () => {
    const branches = new Map([['/', branch(node('/system'), node('/users'))], ['/users', { children: [node('/users/7', true)], left_out: 3 }]])
    expect(flatten('/', branches).map((r) => [r.node.path, r.level, r.open, r.left_out])).toEqual([['/system', 1, false, 0], ['/users', 1, true, 3], ['/users/7', 2, false, 0]])
  })
  it('is empty until something is known, and hides what is open below what is closed', () => {
    expect(flatten('/', new Map())).toEqual([])
    expect(flatten('/', new Map([['/', branch(node('/a'))], ['/a/b', branch(node('/a/b/c', true))]])).map((r) => r.node.path)).toEqual(['/a'])
  })
})

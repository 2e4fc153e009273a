import type { TreeNode } from '../types'

/** What stands below one open node. */
export interface Branch {
  children: TreeNode[]
  /** Children that are not shown. */
  left_out: number
}

export interface TreeRow {
  node: TreeNode
  /** 1 for those directly below the root. */
  level: number
  open: boolean
  left_out: number
}

/** The rows that are seen: the children of open nodes, below them. */
export function flatten(root: string, branches: ReadonlyMap<string, Branch>, level = 1): TreeRow[] {
  const out: TreeRow[] = []
  for (const node of branches.get(root)?.children ?? []) {
    const branch = branches.get(node.path)
    const open = branch !== undefined && !node.leaf && node.path !== root
    out.push({ node, level, open, left_out: open ? branch.left_out : 0 })
    if (open) out.push(...flatten(node.path, branches, level + 1))
  }
  return out
}

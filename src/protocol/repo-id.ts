// Names of repositories on the Hugging Face Hub. Source: huggingface_hub, utils/_validators.py (validate_repo_id).

/** What is wrong with a repository's name, null when nothing is. `short`: "name" alone will do. */
export function repoIdProblem(id: string, short = false): string | null {
  const wanted = short ? '"user/name" or "name"' : '"user/name"';
  const parts = id.split('/');
  if (parts.length > 2 || (parts.length < 2 && !short) || parts.includes('')) {
    return `A repository is named ${wanted}, not "${id}".`;
  }
  if (!/^[\w.-]+(\/[\w.-]+)?$/.test(id)) return 'A repository name holds letters, digits, "-", "_" and "." only.';
  if (id.length > 96) return 'A repository name is at most 96 characters long.';
  if (/--|\.\./.test(id) || parts.some((part) => /^[.-]|[.-]$/.test(part)) || id.endsWith('.git')) {
    return 'A repository name has no "--" or "..", does not begin or end with "-" or ".", and does not end with ".git".';
  }
  return null;
}

/** A name that can be used, made of a folder's. */
export function repoNameFrom(folder: string): string {
  const name = folder
    .replace(/[^\w.-]+/g, '-')
    .replace(/-{2,}/g, '-')
    .replace(/\.{2,}/g, '.')
    .slice(0, 60)
    .replace(/\.git$/, '')
    .replace(/^[.-]+|[.-]+$/g, '');
  return name === '' ? 'model' : name;
}

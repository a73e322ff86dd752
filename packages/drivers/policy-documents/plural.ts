/** The resource of a kind as Kubernetes names them: `networkpolicies` for NetworkPolicy. */
export const pluralOf = (kind: string): string => {
  const name = kind.toLowerCase();
  if (name === 'endpoints') return name;
  if (/(?:s|x|z|ch|sh)$/.test(name)) return `${name}es`;
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return `${name}s`;
};

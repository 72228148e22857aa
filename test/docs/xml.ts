/** What keeps a document from being well-formed XML, of the kind that we write: no CDATA, no doctype. */
export function problemOfXml(text: string): string | null {
  const open: string[] = [];
  let roots = 0;
  let rest = text.trim();
  while (rest !== '') {
    const [words = ''] = /^[^<]*/.exec(rest) ?? [];
    if (/&(?!(?:amp|lt|gt|quot|#\d+);)/.test(words)) return `a bare & in ${JSON.stringify(words)}`;
    if (words.trim() !== '' && open.length === 0) return `text outside of the document: ${JSON.stringify(words)}`;
    rest = rest.slice(words.length);
    if (rest === '') break;
    const tag = /^<(\/?)([A-Za-z][\w-]*)((?:\s+[A-Za-z][\w:-]*="[^"<]*")*)\s*(\/?)>/.exec(rest);
    if (tag === null) return `no tag at ${JSON.stringify(rest.slice(0, 40))}`;
    const [whole, closing, name = '', attributes = '', empty] = tag;
    const names = [...attributes.matchAll(/([\w:-]+)="/g)].map(([, attribute]) => attribute);
    if (new Set(names).size !== names.length) return `an attribute twice in ${whole}`;
    if (closing === '/') {
      const expected = open.pop();
      if (expected !== name) return `</${name}> closes <${expected ?? ''}>`;
    } else {
      if (open.length === 0) roots++;
      if (empty === '') open.push(name);
    }
    rest = rest.slice(whole.length);
  }
  if (open.length > 0) return `<${open.join('><')}> is not closed`;
  return roots === 1 ? null : `${roots} roots`;
}

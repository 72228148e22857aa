import { clean } from './text.ts';

/** An element with its attributes in the order given; it holds text or other elements, never both. */
export interface XmlElement {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | number>>;
  readonly content?: string | readonly XmlElement[];
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;' };

/** A document of XML 1.0: characters that it cannot hold are replaced. */
export function renderXml(root: XmlElement): string {
  return ['<?xml version="1.0" encoding="UTF-8"?>', ...renderElement(root, ''), ''].join('\n');
}

function renderElement({ name, attributes = {}, content = [] }: XmlElement, indent: string): readonly string[] {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`);
  const start = `${indent}<${name}${written.join('')}`;
  // No blanks are added to a text: they would be part of it.
  if (typeof content === 'string') return [`${start}>${escapeText(content)}</${name}>`];
  if (content.length === 0) return [`${start}/>`];
  return [`${start}>`, ...content.flatMap((child) => renderElement(child, `${indent}  `)), `${indent}</${name}>`];
}

/** A parser makes a space of a line break in an attribute, unless it is written as a number. */
function escapeAttribute(text: string): string {
  return clean(text).replace(/[&<>"\n]/g, (character) => ENTITIES[character] ?? character);
}

function escapeText(text: string): string {
  return clean(text).replace(/[&<>]/g, (character) => ENTITIES[character] ?? character);
}

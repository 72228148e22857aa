export function buildHtmlClient(root: string): Promise<{ define: Record<string, string>; inputs: string[] }>;

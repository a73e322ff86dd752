/** Text of people and files within Markdown: it shows as it is, links nothing, calls nobody and ends no line. */
export const plainMarkdown = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    // What turns the direction of writing would turn what follows as well.
    .replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_{}[\]()#+!|~-]/g, '\\$&')
    // Neither forge calls somebody, or links an address, across a space that takes no room.
    .replaceAll('@', '@\u200b')
    .replaceAll('://', ':\u200b//')
    .replaceAll(/\bwww\./gi, 'www\u200b.');

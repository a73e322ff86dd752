/** On an object: the Source whose files say it. Set by hand, it hands the object over to those files. */
export const sourceAnnotation = 'causeway.dev/source';
/** The file that says it. */
export const pathAnnotation = 'causeway.dev/source-path';
/** The commit in which the file last said something else. */
export const commitAnnotation = 'causeway.dev/source-commit';
/** What the file said when it was last applied, as JSON: what it no longer says goes. */
export const statedAnnotation = 'causeway.dev/source-stated';
/** It was there before the file: it stays when the file goes. */
export const adoptedAnnotation = 'causeway.dev/source-adopted';
/** The change request, SERVICE.NUMBER, that brought it to where it is. */
export const changeRequestAnnotation = 'causeway.dev/change-request';

/** No file states these. */
export const ownAnnotations: readonly string[] = [
  sourceAnnotation,
  pathAnnotation,
  commitAnnotation,
  statedAnnotation,
  adoptedAnnotation,
  changeRequestAnnotation,
];

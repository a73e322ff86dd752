import type { PolicySubject } from '@causeway/contracts';

/** A subject as texts of JSON: written once, quick to send to another thread, and what Rego reads anyway. */
export interface SubjectTexts {
  readonly object: string;
  readonly old?: string;
  readonly request: string;
}

/** A subject whose texts are read when somebody looks at their values. */
class WrittenSubject implements PolicySubject {
  readonly texts: SubjectTexts;
  #object: PolicySubject['object'] | undefined;
  #old: PolicySubject['object'] | undefined;
  #request: PolicySubject['request'] | undefined;

  constructor(texts: SubjectTexts) {
    this.texts = texts;
  }

  get object(): PolicySubject['object'] {
    this.#object ??= JSON.parse(this.texts.object) as PolicySubject['object'];
    return this.#object;
  }

  // Absent fields are undefined: nobody asks whether there is one of this name.
  get old(): PolicySubject['object'] {
    if (this.texts.old !== undefined) this.#old ??= JSON.parse(this.texts.old) as PolicySubject['object'];
    return this.#old as PolicySubject['object'];
  }

  get request(): PolicySubject['request'] {
    this.#request ??= JSON.parse(this.texts.request) as PolicySubject['request'];
    return this.#request;
  }
}

/** Throws for what JSON does not hold: circles, depths without end. */
export const textsOf = (subject: PolicySubject): SubjectTexts => {
  if (subject instanceof WrittenSubject) return subject.texts;
  const { object, old, request } = subject;
  return {
    object: JSON.stringify(object),
    ...(old ? { old: JSON.stringify(old) } : {}),
    request: JSON.stringify(request),
  };
};

export const subjectOfTexts = (texts: SubjectTexts): PolicySubject => new WrittenSubject(texts);

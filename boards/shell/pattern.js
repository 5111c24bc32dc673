// Titles: patterns with facts in braces, as boards/patterns.py describes them.
// A fact is { value, unit } or { text }; a title that states an unknown one cannot be written.
class UnknownFact extends Error {}

const factWritten = (fact, name, absolute) => {
  if (!fact || (fact.text === undefined && (fact.value === null || fact.value === undefined))) {
    throw new UnknownFact(name);
  }
  if (fact.text !== undefined) return fact.text;
  const value = absolute ? Math.abs(fact.value) : fact.value;
  return fact.unit === "pts"
    ? changeWritten({ value, unit: "pts" }, { sign: false })
    : written(value, fact.unit);
};

const choiceOf = (fact, name, sign) => {
  if (!fact || fact.value === null || fact.value === undefined) throw new UnknownFact(name);
  if (sign === "#") {
    const rules = new Intl.PluralRules(LOCALES[state.lang]);
    return rules.select(Math.abs(fact.value)) === "one" ? 0 : 1;
  }
  const isZero = fact.unit === "pts" ? changeIsZero(fact) : readsAsZero(fact.value, fact.unit);
  return isZero ? 2 : fact.value > 0 ? 0 : 1;
};

const titled = (pattern, facts) => {
  let place = 0;
  // A word that is not chosen is read and not written: what it states need not be known.
  const text = (isTop, isWritten) => {
    let out = "";
    while (place < pattern.length) {
      const sign = pattern[place];
      if (sign === "{") out += fact(isWritten);
      else if (sign === "}" || (sign === "|" && !isTop)) break;
      else {
        out += sign;
        place += 1;
      }
    }
    return out;
  };
  const fact = (isWritten) => {
    place += 1;
    const [name] = /^[a-z][a-z0-9_]*/.exec(pattern.slice(place));
    place += name.length;
    const sign = pattern[place];
    let out;
    if (sign === "?" || sign === "#") {
      const chosen = isWritten ? choiceOf(facts[name], name, sign) : -1;
      out = "";
      for (let which = 0; pattern[place] !== "}"; which += 1) {
        place += 1;
        const word = text(false, which === chosen);
        if (which === chosen) out = word;
      }
    } else {
      const absolute = sign === ":";
      if (absolute) place += 1 + /^[a-z]+/.exec(pattern.slice(place + 1))[0].length;
      out = isWritten ? factWritten(facts[name], name, absolute) : "";
    }
    place += 1;
    return out;
  };
  return text(true, true);
};

// Numbers, money, shares and days as the reader's language writes them.
const LOCALES = { en: "en-GB", fr: "fr-FR" };
const formats = new Map();
const formatter = (options) => {
  const key = state.lang + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(LOCALES[state.lang], options));
  return formats.get(key);
};
const currency = content.publication.currency;
const money = currency ? { style: "currency", currency, currencyDisplay: "narrowSymbol" } : {};
const UNIT_NAMES = { days: "day", months: "month", years: "year", seconds: "second" };

// Returns the options of Intl for a value: short ones for marks and tiles, exact ones for tables.
const optionsOf = (value, unit, exact) => {
  const size = Math.abs(value);
  switch (unit) {
    case "amount":
      if (exact) return { ...money, minimumFractionDigits: 2, maximumFractionDigits: 2 };
      return size >= 9999.5
        ? {
            ...money,
            notation: "compact",
            minimumFractionDigits: 0,
            maximumFractionDigits: size >= 999500 ? 2 : 1,
          }
        : { ...money, minimumFractionDigits: 0, maximumFractionDigits: size < 99.95 ? 2 : 0 };
    case "share":
    case "percent": {
      // A share below one in a hundred would read as 0.
      const isFine = exact || (unit === "share" && value !== 0 && size < 0.00995);
      return {
        style: "percent",
        minimumFractionDigits: isFine ? 2 : 1,
        maximumFractionDigits: isFine ? 2 : 1,
      };
    }
    case "count":
      return !exact && size >= 99999.5
        ? { notation: "compact", maximumFractionDigits: 1 }
        : { maximumFractionDigits: exact ? 2 : 0 };
    case "days":
    case "months":
    case "years":
    case "seconds":
      return {
        style: "unit",
        unit: UNIT_NAMES[unit],
        unitDisplay: "long",
        maximumFractionDigits: exact ? 2 : size >= 100 ? 0 : 1,
      };
    case "points":
    case "score":
      return { minimumFractionDigits: 1, maximumFractionDigits: exact ? 2 : 1 };
    default:
      return { minimumFractionDigits: exact ? 0 : 2, maximumFractionDigits: exact ? 4 : 2 };
  }
};

// A minus is a minus everywhere, also where the locale writes a hyphen.
const withMinus = (text) => text.replace(/^-/, "\u2212").replace(/^(\D?)-/, "$1\u2212");

const written = (value, unit, { exact = false, sign = false } = {}) => {
  if (value === null || value === undefined) return "–";
  if (unit === "text") return String(value);
  if (unit === "date") return dates(value, { day: "numeric", month: "short", year: "numeric" });
  if (unit === "pts") return changeWritten({ value, unit }, { sign });
  const options = {
    ...optionsOf(value, unit, exact),
    signDisplay: sign ? "exceptZero" : "negative",
  };
  return withMinus(formatter(options).format(value));
};

// Whether a reader would see 0.
const readsAsZero = (value, unit) => written(Math.abs(value), unit) === written(0, unit);

// The difference of two values, as their unit asks: points for shares, a share of amounts and
// counts, the plain difference of ratios. Null where there is none.
const RELATIVE = new Set(["amount", "count", "days", "months", "years", "seconds"]);
const changeOf = (value, before, unit) => {
  if (value === null || before === null || value === undefined || before === undefined) return null;
  if (unit === "share" || unit === "percent") return { value: 100 * (value - before), unit: "pts" };
  if (!RELATIVE.has(unit)) return { value: value - before, unit };
  // Nothing is a share of nothing.
  if (before === 0) return { value: value - before, unit };
  return { value: (value - before) / Math.abs(before), unit: "percent" };
};
const changeWritten = (change, { sign = true } = {}) => {
  const value = sign ? change.value : Math.abs(change.value);
  if (change.unit !== "pts") return written(value, change.unit, { sign });
  const options = {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    signDisplay: sign ? "exceptZero" : "negative",
  };
  return `${withMinus(formatter(options).format(value))}\u00a0${said(words.page.points)}`;
};
const changeIsZero = (change) =>
  changeWritten({ ...change, value: Math.abs(change.value) }, { sign: false }) ===
  changeWritten({ ...change, value: 0 }, { sign: false });

// Days are read as days: a time zone must not move them.
const dayOf = (text) => new Date(`${text.slice(0, 10)}T00:00:00Z`);
const dates = (text, options) => {
  const utc = { ...options, timeZone: "UTC" };
  const written = new Intl.DateTimeFormat(LOCALES[state.lang], utc).format(dayOf(text));
  // The first of a month is an ordinal in French: Intl does not know that.
  return options.day && state.lang === "fr" ? written.replace(/^1(?= )/, "1er") : written;
};
const day = (text) => dates(text, { day: "numeric", month: "long", year: "numeric" });
const monthOf = (text) => dates(text, { month: "long", year: "numeric" });
const quarterOf = (text) => Math.ceil(Number(text.slice(5, 7)) / 3);

// A period in words: "Q4 2025", "décembre 2025"; short ones stand on axes.
// Where the year does not begin in January, quarters and years are called by their first day.
const periodWritten = (start, grain, { short = false } = {}) => {
  if (content.publication.first_month !== 1 && grain !== "month") {
    return short
      ? dates(start, { day: "numeric", month: "short", year: "2-digit" })
      : `${said(words.page.from)} ${day(start)}`;
  }
  if (grain === "year") return start.slice(0, 4);
  if (grain === "quarter") {
    const name = `${state.lang === "fr" ? "T" : "Q"}${quarterOf(start)}`;
    return short ? `${name} ${start.slice(2, 4)}` : `${name} ${start.slice(0, 4)}`;
  }
  return short ? dates(start, { month: "short", year: "2-digit" }) : monthOf(start);
};

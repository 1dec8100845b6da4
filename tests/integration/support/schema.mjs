// As much of JSON Schema as signaling/api/openrpc.json uses. An unknown keyword is an error, so that nothing is passed
// over in silence.
import assert from "node:assert/strict";

const notes = new Set(["description", "examples", "default", "format", "title"]);

const typeOf = (value) => (value === null ? "null" : Array.isArray(value) ? "array" : Number.isInteger(value) ? "integer" : typeof value);

const keywords = {
    type: (types, value) => [types].flat().some((type) => type === typeOf(value) || (type === "number" && typeof value === "number")),
    enum: (values, value) => values.includes(value),
    const: (expected, value) => expected === value,
    minLength: (min, value) => typeof value !== "string" || [...value].length >= min,
    maxLength: (max, value) => typeof value !== "string" || [...value].length <= max,
    pattern: (pattern, value) => typeof value !== "string" || new RegExp(pattern, "u").test(value),
    minimum: (min, value) => typeof value !== "number" || value >= min,
    maximum: (max, value) => typeof value !== "number" || value <= max,
    required: (names, value) => typeOf(value) !== "object" || names.every((name) => name in value),
};

export class Schemas {
    constructor(document) {
        this.document = document;
    }

    resolve(reference) {
        const found = reference
            .slice("#/".length)
            .split("/")
            .reduce((at, key) => at?.[key], this.document);
        assert.ok(found, `${reference} leads nowhere`);
        return found;
    }

    // What is wrong with `value`, as texts; empty: nothing.
    problems(schema, value, at = "$") {
        return Object.entries(schema).flatMap(([keyword, rule]) => this.#check(keyword, rule, schema, value, at));
    }

    #check(keyword, rule, schema, value, at) {
        const object = typeOf(value) === "object";
        switch (keyword) {
            case "$ref":
                return this.problems(this.resolve(rule), value, at);
            case "anyOf":
            case "oneOf": {
                const tries = rule.map((each) => this.problems(each, value, at));
                const fitting = tries.filter((problems) => problems.length === 0).length;
                return (keyword === "oneOf" ? fitting === 1 : fitting > 0) ? [] : [`${at}: fits ${fitting} of ${keyword}`];
            }
            case "allOf":
                return rule.flatMap((each) => this.problems(each, value, at));
            case "properties":
                return object ? Object.entries(rule).flatMap(([name, each]) => (name in value ? this.problems(each, value[name], `${at}.${name}`) : [])) : [];
            case "additionalProperties": {
                const extra = object ? Object.keys(value).filter((name) => !(name in (schema.properties ?? {}))) : [];
                return rule === false ? extra.map((name) => `${at}.${name}: not described`) : [];
            }
            case "items":
                return Array.isArray(value) ? value.flatMap((each, i) => this.problems(rule, each, `${at}[${i}]`)) : [];
        }
        if (notes.has(keyword)) return [];
        assert.ok(keywords[keyword], `the schema keyword "${keyword}" is not known to this test`);
        return keywords[keyword](rule, value) ? [] : [`${at}: ${JSON.stringify(value)} is not ${keyword} ${JSON.stringify(rule)}`];
    }

    holds(schema, value, what) {
        assert.deepEqual(this.problems(schema, value), [], what);
    }
}

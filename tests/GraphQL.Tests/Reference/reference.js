// Answers questions with the reference implementation: reference.js PACKAGE QUESTIONS ANSWERS. Both are files of JSON
// lines. Texts travel as base64 of UTF-16, so that halves of surrogate pairs arrive as they are.
const { readFileSync, writeFileSync } = require('node:fs');
const [, , folder, questions, answers] = process.argv;
const graphql = require(folder);

const read = (text) => Buffer.from(text, 'base64').toString('utf16le');
const write = (text) => Buffer.from(text, 'utf16le').toString('base64');
const describe = (error) => ({
  message: write(error.message),
  locations: (error.locations ?? []).map(({ line, column }) => ({ line, column })),
});
const schemas = new Map();

const operations = {
  parse: ({ text }) => ({ text: write(graphql.print(graphql.parse(read(text)))) }),

  schema: ({ name, text }) => {
    const document = graphql.parse(read(text));
    const { validateSDL } = require(`${folder}/validation/validate.js`);
    let errors = validateSDL(document);
    if (errors.length > 0) return { errors: errors.map(describe) };
    const schema = graphql.buildASTSchema(document, { assumeValidSDL: true });
    errors = graphql.validateSchema(schema);
    if (errors.length > 0) return { errors: errors.map(describe) };
    schemas.set(name, schema);
    return { text: write(graphql.printSchema(schema)) };
  },

  introspect: ({ name, text }) => {
    const result = graphql.executeSync({ schema: schemas.get(name), document: graphql.parse(read(text)) });
    return { text: write(JSON.stringify(result)) };
  },

  validate: ({ name, text, hideSuggestions }) => {
    const options = { hideSuggestions };
    const errors = graphql.validate(schemas.get(name), graphql.parse(read(text)), undefined, options);
    return { errors: errors.map(describe) };
  },

  literal: ({ name, type, text }) => {
    const schema = schemas.get(name);
    const inputType = graphql.typeFromAST(schema, graphql.parseType(type));
    const literal = graphql.parseConstValue(read(text));
    const errors = [];
    graphql.validateInputLiteral(literal, inputType, (error) => errors.push(error), undefined, undefined, true);
    const value = graphql.coerceInputLiteral(literal, inputType);
    return { errors: errors.map(describe), text: write(value === undefined ? 'undefined' : JSON.stringify(value)) };
  },

  variables: ({ name, text, variables }) => {
    const operation = graphql.parse(read(text)).definitions[0];
    const result = graphql.getVariableValues(
      schemas.get(name), operation.variableDefinitions ?? [], JSON.parse(read(variables)), { hideSuggestions: true, maxErrors: 50 });
    return result.errors
      ? { errors: result.errors.map(describe) }
      : { text: write(JSON.stringify(result.variableValues.coerced)) };
  },

  arguments: ({ name, text, variables }) => {
    const schema = schemas.get(name);
    const operation = graphql.parse(read(text)).definitions[0];
    const result = graphql.getVariableValues(schema, operation.variableDefinitions ?? [], JSON.parse(read(variables)), {});
    if (result.errors) return { errors: result.errors.map(describe) };
    const node = operation.selectionSet.selections[0];
    const field = schema.getField(schema.getQueryType(), node.name.value);
    return { text: write(JSON.stringify(graphql.getArgumentValues(field, node, result.variableValues))) };
  },
};

const lines = readFileSync(questions, 'utf8').split('\n').filter((line) => line !== '');
const results = lines.map((line) => {
  const question = JSON.parse(line);
  try {
    return JSON.stringify({ errors: [], ...operations[question.operation](question) });
  } catch (error) {
    if (!(error instanceof graphql.GraphQLError)) {
      return JSON.stringify({ errors: [], crash: `${error.stack ?? error}` });
    }
    return JSON.stringify({ isSyntaxError: true, errors: [describe(error)] });
  }
});
writeFileSync(answers, results.join('\n') + '\n');

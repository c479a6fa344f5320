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
// Schemas may declare @defer and @stream; these are not executed.
const { executeIgnoringIncremental } = require(`${folder}/execution/execute.js`);
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

// Execution: a field of any schema has a value that follows from a number of its object, its name and its arguments, in
// C# the same as here (DeterministicData.cs).
const hash = (seed, text) => {
  let value = seed >>> 0;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 16777619) >>> 0;
  value = Math.imul(value ^ (value >>> 15), 2246822519) >>> 0;
  return (value ^ (value >>> 13)) >>> 0;
};

const unusual = [
  7, '12', '', ' 1e3 ', 'text', true, false, 1.5, 3, -0, 2147483648, 1e21, 1e-7, NaN, Infinity, '0x10', 'Infinity', 0.1,
  123456789012345680000, 9007199254740993n, 12n, 4294967296n, [1, 'a', null, [2, [3, [4]]]], { a: { b: { c: { d: 1 } } } },
];

const later = async (value) => {
  await null;
  if (value instanceof Error) throw value;
  return value;
};

const sequence = async function* (values) {
  for (const value of values) yield value;
};

const valueOf = (schema, type, number, isAsync) => {
  const mode = number % 40;
  if (mode === 0) return new graphql.GraphQLError(`Meant for the client: ${number}`);
  if (mode === 1) return new Error('Unexpected error');
  if (mode === 2) return null;
  const odd = mode === 3;
  const part = number >>> 8;
  type = graphql.getNullableType(type);
  if (graphql.isListType(type)) {
    if (odd) return part % 2 === 0 ? 'not a list' : 5;
    const items = [];
    for (let index = 0; index < part % 4; index++) {
      const inner = hash(number, `${index}`);
      const item = valueOf(schema, type.ofType, inner, isAsync);
      items.push(isAsync && inner % 3 === 0 ? later(item) : item);
    }
    return isAsync && part % 5 === 0 ? sequence(items.map((item) => item)) : items;
  }
  if (graphql.isAbstractType(type)) {
    const possible = schema.getPossibleTypes(type);
    const names = ['Missing', 'String', schema.getQueryType().name, null];
    return { seed: number, typeName: odd ? names[part % names.length] : possible[part % possible.length]?.name };
  }
  if (graphql.isObjectType(type)) return { seed: number, typeName: type.name };
  if (graphql.isEnumType(type)) {
    const values = type.getValues();
    return odd ? unusual[part % unusual.length] : values[part % values.length].value;
  }
  if (odd) return unusual[part % (graphql.isSpecifiedScalarType(type) ? unusual.length : 13)];
  switch (type.name) {
    case 'Int': return part % 1000;
    case 'Float': return (part % 1000) / 8;
    case 'String': return `text ${part % 1000} "\u00e9\n`;
    case 'Boolean': return part % 2 === 0;
    case 'ID': return part % 2 === 0 ? `${part % 1000}` : part % 1000;
    default: return { any: [1, 2.5, null, 'x', true], number: part % 1000 };
  }
};

// The events of a subscription follow from the same number. Some subscriptions fail at once, some at their end.
const eventsOf = (source, args, context, info) => {
  const number = hash(source.seed, `events of ${info.fieldName}${JSON.stringify(args)}`);
  if (number % 8 === 0) throw new graphql.GraphQLError(`Meant for the client: ${number}`);
  if (number % 8 === 1) throw new Error('Unexpected error');
  return (async function* () {
    for (let index = 0; index < (number >>> 8) % 5; index++) yield { seed: hash(number, `${index}`) };
    if (number % 8 === 2) throw new Error('Unexpected error');
  })();
};

operations.subscribe = async ({ name, text, type, variables, seed }) => {
  const result = await graphql.subscribe({
    schema: schemas.get(name),
    document: graphql.parse(read(text)),
    operationName: type,
    variableValues: JSON.parse(read(variables)),
    rootValue: { seed },
    subscribeFieldResolver: eventsOf,
    fieldResolver: resolve(schemas.get(name), false),
    typeResolver: (value) => value.typeName,
  });
  const results = [];
  try {
    for await (const one of Symbol.asyncIterator in result ? result : [result]) results.push(one);
  } catch (error) {
    results.push({ errors: [{ message: error.message }] });
  }
  return { text: write(JSON.stringify(results)) };
};

const resolve = (schema, isAsync) => (source, args, context, info) => {
  const given = JSON.stringify(args);
  if (info.fieldName.startsWith('echo')) return given;
  const number = hash(source.seed, info.fieldName + given);
  const value = valueOf(schema, info.returnType, number, isAsync);
  if (isAsync && number % 4 < 2) return later(value);
  if (value instanceof Error) throw value;
  return value;
};

operations.execute = async ({ name, text, type, variables, seed, isAsync }) => {
  const schema = schemas.get(name);
  const result = await executeIgnoringIncremental({
    schema,
    document: graphql.parse(read(text)),
    operationName: type,
    variableValues: JSON.parse(read(variables)),
    rootValue: { seed },
    fieldResolver: resolve(schema, isAsync),
    typeResolver: (value) => value.typeName,
  });
  const errors = (result.errors ?? []).map((error) => ({ ...describe(error), path: JSON.stringify(error.path ?? null) }));
  return { errors, text: result.data === undefined ? undefined : write(JSON.stringify(result.data)) };
};

// Execution over values that are given as JSON. Fields named echo give their arguments: all of them, null where nothing
// was given, as a C# method gets them.
const complete = (type, value) => {
  type = graphql.getNullableType(type);
  if (value === undefined || value === null) return null;
  if (graphql.isListType(type)) return value.map((item) => complete(type.ofType, item));
  if (!graphql.isInputObjectType(type)) return value;
  const fields = Object.entries(type.getFields());
  return Object.fromEntries(fields.map(([name, field]) => [name, complete(field.type, value[name])]));
};

operations.executeOver = ({ name, text, type, variables }) => {
  const result = graphql.executeSync({
    schema: schemas.get(name),
    document: graphql.parse(read(text)),
    variableValues: JSON.parse(read(variables)),
    rootValue: JSON.parse(type),
    hideSuggestions: true,
    fieldResolver: (source, args, context, info) =>
      info.fieldName === 'echo'
        ? JSON.stringify(Object.fromEntries(
          info.parentType.getFields().echo.args.map((arg) => [arg.name, complete(arg.type, args[arg.name])])))
        : source[info.fieldName],
    typeResolver: (value) => value.__typename,
  });
  return {
    errors: (result.errors ?? []).map(describe),
    text: result.data === undefined ? undefined : write(JSON.stringify(result.data)),
  };
};

const lines = readFileSync(questions, 'utf8').split('\n').filter((line) => line !== '');
const answer = async (line) => {
  const question = JSON.parse(line);
  try {
    return JSON.stringify({ errors: [], ...(await operations[question.operation](question)) });
  } catch (error) {
    if (!(error instanceof graphql.GraphQLError)) {
      return JSON.stringify({ errors: [], crash: `${error.stack ?? error}` });
    }
    return JSON.stringify({ isSyntaxError: true, errors: [describe(error)] });
  }
};

// Not everything that is rejected is waited for once a list has failed.
process.on('unhandledRejection', () => {});

const main = async () => {
  const results = [];
  for (const line of lines) results.push(await answer(line));
  writeFileSync(answers, results.join('\n') + '\n');
};
main();

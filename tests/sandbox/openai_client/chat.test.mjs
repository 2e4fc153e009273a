import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { readFileSync } from 'node:fs';
import { startSandbox } from './sandbox.mjs';

let sandbox, openai;
before(async () => {
  sandbox = await startSandbox();
  openai = sandbox.client();
});
beforeEach(() => sandbox.control('POST', '/control/reset'));
after(async () => assert.equal(await sandbox.stop(), 0, 'SIGTERM ends it with 0'));

const model = 'gpt-4.1-mini';
const schema = (name) => JSON.parse(readFileSync(new URL(`../../../config/prompts/${name}.schema.json`, import.meta.url)));
const resume = `Ada Example\nada@example.com | +44 20 7946 0123 | London, UK\n\nExperience\nSenior C++ Engineer, Acme Trading\nJan 2019 - Present\n- Wrote a matching engine in C++20\n\nSkills\nC++, CMake, Linux, Python\n`;

test('a chat completion has content and consistent usage', async () => {
  const reply = await openai.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hello' }] });
  assert.equal(reply.object, 'chat.completion');
  assert.match(reply.choices[0].message.content, /Hello/);
  assert.equal(reply.choices[0].finish_reason, 'stop');
  assert.equal(reply.usage.total_tokens, reply.usage.prompt_tokens + reply.usage.completion_tokens);
  assert.ok(reply._request_id);
  const served = await sandbox.control('GET', '/control/served');
  assert.equal(served.endpoints['chat.completions'].completion_tokens, reply.usage.completion_tokens);
});

test('content may come in parts, and n gives as many choices', async () => {
  const reply = await openai.chat.completions.create({
    model, n: 2, messages: [{ role: 'user', content: [{ type: 'text', text: 'What about the ' }, { type: 'text', text: 'interview?' }] }],
  });
  assert.equal(reply.choices.length, 2);
  assert.match(reply.choices[1].message.content, /stories/);
});

test('a résumé comes back in the shape of the product schema, with verbatim evidence', async () => {
  const reply = await openai.chat.completions.parse({
    model, messages: [{ role: 'user', content: `<resume>${resume}</resume>` }],
    response_format: { type: 'json_schema', json_schema: { name: 'parse_cv', strict: true, schema: schema('parse_cv') } },
  });
  const cv = JSON.parse(reply.choices[0].message.content);
  assert.equal(cv.personal_info.full_name.value, 'Ada Example');
  assert.equal(cv.experience[0].company, 'Acme Trading');
  assert.equal(cv.experience[0].start, '2019-01');
  assert.equal(cv.experience[0].end, 'present');
  assert.ok(cv.skills.length >= 4);
  for (const skill of cv.skills) assert.ok(resume.includes(skill.evidence), skill.evidence);
  assert.deepEqual(Object.keys(cv).sort(), [...schema('parse_cv').required].sort());
});

test('jobs are scored once each, and the fitting one wins', async () => {
  const candidate = { skills: { programming_languages: ['C++'], tools_platforms: ['Linux', 'CMake'] }, experience: { job_titles: ['Senior C++ Engineer'] } };
  const jobs = [
    { job_id: 'a', title: 'Registered Nurse', skills: ['patient care', 'triage'], description: 'Care for patients on a ward with 24 beds.' },
    { job_id: 'b', title: 'C++ Engineer', skills: ['C++', 'Linux'], description: 'Build trading systems in C++ on Linux with low latency.' },
  ];
  const reply = await openai.chat.completions.create({
    model, messages: [{ role: 'user', content: `<candidate>${JSON.stringify(candidate)}</candidate>\n<jobs>${JSON.stringify(jobs)}</jobs>` }],
    response_format: { type: 'json_schema', json_schema: { name: 'score_jobs', strict: true, schema: schema('score_jobs') } },
  });
  const { scores } = JSON.parse(reply.choices[0].message.content);
  assert.deepEqual(scores.map((s) => s.job_id), ['a', 'b']);
  assert.ok(scores[0].compatibility_score < 25 && scores[1].compatibility_score > 60, JSON.stringify(scores));
});

test('any other schema gets a small valid instance', async () => {
  const reply = await openai.chat.completions.create({
    model, messages: [{ role: 'user', content: 'fill it' }],
    response_format: { type: 'json_schema', json_schema: { name: 'other', schema: {
      type: 'object', required: ['kind', 'when', 'count', 'note'], additionalProperties: false,
      properties: { kind: { enum: ['x', 'y'] }, when: { type: 'string', format: 'date' }, count: { type: 'integer', minimum: 3 }, note: { type: ['string', 'null'] } } } } },
  });
  const value = JSON.parse(reply.choices[0].message.content);
  assert.equal(value.kind, 'x');
  assert.match(value.when, /^\d{4}-\d\d-\d\d$/);
  assert.ok(value.count >= 3 && value.note === null);
});

test('a stream says what the whole reply says, and ends with usage', async () => {
  const messages = [{ role: 'user', content: 'Help with my cover letter' }];
  const whole = await openai.chat.completions.create({ model, messages });
  const stream = await openai.chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } });
  let text = '', finish, usage, chunks = 0;
  const ids = new Set();
  for await (const chunk of stream) {
    ++chunks;
    ids.add(chunk.id);
    if (chunks === 1) assert.equal(chunk.choices[0].delta.role, 'assistant');
    text += chunk.choices[0]?.delta?.content ?? '';
    finish = chunk.choices[0]?.finish_reason ?? finish;
    usage = chunk.usage ?? usage;
  }
  assert.equal(text, whole.choices[0].message.content);
  assert.equal(finish, 'stop');
  assert.equal(usage.completion_tokens, whole.usage.completion_tokens);
  assert.equal(ids.size, 1);
});

test('the stream helper assembles the final message', async () => {
  const stream = openai.chat.completions.stream({ model, messages: [{ role: 'user', content: 'hi' }] });
  assert.match((await stream.finalChatCompletion()).choices[0].message.content, /Hello/);
});

test('a token limit ends with length, a stop sequence with stop', async () => {
  const messages = [{ role: 'user', content: 'How should I prepare for the interview?' }];
  const short = await openai.chat.completions.create({ model, messages, max_completion_tokens: 5 });
  assert.equal(short.choices[0].finish_reason, 'length');
  assert.equal(short.usage.completion_tokens, 5);
  const stopped = await openai.chat.completions.create({ model, messages, stop: ['four'] });
  assert.equal(stopped.choices[0].finish_reason, 'stop');
  assert.ok(!stopped.choices[0].message.content.includes('four'));
});

const tools = [
  { type: 'function', function: { name: 'search_jobs', description: 'Search open jobs by keywords and location', parameters: { type: 'object', required: ['query'], properties: { query: { type: 'string' }, location: { type: 'string' }, remote: { type: 'boolean' } } } } },
  { type: 'function', function: { name: 'get_weather', description: 'Weather forecast for a city', parameters: { type: 'object', required: ['city'], properties: { city: { type: 'string' } } } } },
];

test('a text that asks for a function gets a call with arguments from the text', async () => {
  const reply = await openai.chat.completions.create({ model, tools, messages: [{ role: 'user', content: 'Search remote C++ jobs in Berlin please' }] });
  assert.equal(reply.choices[0].finish_reason, 'tool_calls');
  const [call] = reply.choices[0].message.tool_calls;
  assert.equal(call.function.name, 'search_jobs');
  const args = JSON.parse(call.function.arguments);
  assert.equal(args.location, 'Berlin');
  assert.equal(args.remote, true);
  assert.match(args.query, /c\+\+/);
});

test('two functions asked for in one text are called in parallel, streamed as well', async () => {
  const messages = [{ role: 'user', content: 'Search jobs in Berlin and tell me the weather in Berlin' }];
  const reply = await openai.chat.completions.create({ model, tools, messages });
  assert.equal(reply.choices[0].message.tool_calls.length, 2);
  const streamed = await openai.chat.completions.stream({ model, tools, messages }).finalChatCompletion();
  assert.deepEqual(streamed.choices[0].message.tool_calls.map((c) => c.function), reply.choices[0].message.tool_calls.map((c) => c.function));
  const single = await openai.chat.completions.create({ model, tools, messages, parallel_tool_calls: false });
  assert.equal(single.choices[0].message.tool_calls.length, 1);
});

test('tool_choice is obeyed', async () => {
  const messages = [{ role: 'user', content: 'Good morning' }];
  const named = await openai.chat.completions.create({ model, tools, messages, tool_choice: { type: 'function', function: { name: 'get_weather' } } });
  assert.equal(named.choices[0].message.tool_calls[0].function.name, 'get_weather');
  const none = await openai.chat.completions.create({ model, tools, messages: [{ role: 'user', content: 'search jobs' }], tool_choice: 'none' });
  assert.equal(none.choices[0].message.tool_calls, undefined);
  const required = await openai.chat.completions.create({ model, tools, messages, tool_choice: 'required' });
  assert.equal(required.choices[0].message.tool_calls.length, 1);
});

test('runTools goes round: call, result, summary', async () => {
  const asked = [];
  const runner = openai.chat.completions.runTools({
    model, messages: [{ role: 'user', content: 'Search jobs for a welder in Leeds' }],
    tools: [{ type: 'function', function: { ...tools[0].function, parse: JSON.parse, function: (args) => { asked.push(args); return JSON.stringify([{ title: 'Welder', company: 'Odra Stal' }]); } } }],
  });
  assert.match(await runner.finalContent(), /Welder at Odra Stal/);
  assert.equal(asked.length, 1);
  assert.equal(asked[0].location, 'Leeds');
});

test('the older functions form works', async () => {
  const reply = await openai.chat.completions.create({ model, functions: [tools[0].function], messages: [{ role: 'user', content: 'search jobs in Paris' }] });
  assert.equal(reply.choices[0].finish_reason, 'function_call');
  assert.equal(JSON.parse(reply.choices[0].message.function_call.arguments).location, 'Paris');
});

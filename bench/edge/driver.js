// Calls handlers one after the other, each so many times on fresh events; njs prints what each took, under a label.
import fs from 'fs';
IMPORTS

const handlers = { HANDLERS };
const cases = JSON.parse(fs.readFileSync('CASES', 'utf8'));

function copies(text) {
    const events = [];
    for (let i = 0; i < CALLS; i++) {
        events.push(JSON.parse(text));
    }
    return events;
}

function call(label, handler, events) {
    console.time(label);
    for (let i = 0; i < events.length; i++) {
        handler(events[i]);
    }
    console.timeEnd(label);
}

// With what happens around every call: the event is read from a text, and the answer is written to one.
function carry(label, handler, text) {
    console.time(label);
    for (let i = 0; i < CALLS; i++) {
        JSON.stringify(handler(JSON.parse(text)));
    }
    console.timeEnd(label);
}

cases.forEach((one) => {
    call('call ' + one.name + ' ' + one.handler, handlers[one.handler], copies(one.event));
    carry('whole ' + one.name + ' ' + one.handler, handlers[one.handler], one.event);
});

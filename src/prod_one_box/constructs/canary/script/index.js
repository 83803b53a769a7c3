// The canary's entry: reads the testers' secret, and visits the site as a tester of one partition.
'use strict';

const { GetSecretValueCommand, SecretsManagerClient } = require('@aws-sdk/client-secrets-manager');
const synthetics = require('@aws/synthetics-puppeteer');

const { visitSite } = require('./visit.js');

// Headers contain the secret: they go neither into artifacts nor into logs.
const QUIETLY = {
    harFile: false,
    includeRequestHeaders: false,
    includeResponseHeaders: false,
    logRequestHeaders: false,
    logResponseHeaders: false,
    restrictedHeaders: ['cookie', 'set-cookie'],
    screenshotOnStepStart: false,
    screenshotOnStepSuccess: false,
    screenshotOnStepFailure: true,
};

async function readSecret() {
    const answer = await new SecretsManagerClient({}).send(
        new GetSecretValueCommand({ SecretId: process.env.SECRET_ARN })
    );
    return answer.SecretString;
}

exports.handler = async () => {
    synthetics.getConfiguration().setConfig(QUIETLY);
    const partition = process.env.PARTITION;
    const visit = {
        site: process.env.SITE,
        pages: JSON.parse(process.env.PAGES),
        aliveSelector: process.env.ALIVE_SELECTOR,
        budget: Number(process.env.BUDGET),
        partition: partition,
        cookie: { name: process.env.COOKIE, value: `${partition}.${await readSecret()}` },
    };
    const page = await synthetics.getPage();
    await synthetics.executeStep('visit', async () => {
        const cached = await visitSite(page, visit);
        if (cached.length > 0) {
            console.log(`from CloudFront's cache, so not by the release: ${cached.join(' ')}`);
        }
    });
};

const known = new Set(['one-box', 'regular']);

// Where this page comes from.
export function Origin({ partition, version, release }) {
  return (
    <footer>
      <span className={`badge ${known.has(partition) ? partition : 'none'}`} id="partition">
        {`${partition} partition`}
      </span>
      <span id="release">{`release ${release}`}</span>
      <span id="version">{`version ${version}`}</span>
    </footer>
  );
}

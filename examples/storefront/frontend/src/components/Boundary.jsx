import { Component } from 'react';

// A part whose script is gone says so, and the rest of the page goes on.
export class Boundary extends Component {
  state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  render() {
    if (this.state.failed) {
      return <p role="alert">This part of the page cannot be loaded. Please reload the page.</p>;
    }
    return this.props.children;
  }
}

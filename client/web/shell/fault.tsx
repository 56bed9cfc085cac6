/* A mistake of this program in one screen: the others go on, and what is certain is said. */
import { Component, type ComponentChildren, type JSX } from "preact";
import { Button, Notice } from "../kit";
import { say } from "../kit/words";
import type { Client } from "../lib/api";

interface Props {
    client: Client;
    name: string;
    children: ComponentChildren;
}

export class Guard extends Component<Props, { fault: Error | undefined }> {
    override state = { fault: undefined as Error | undefined };

    static override getDerivedStateFromError(fault: unknown): { fault: Error } {
        return { fault: fault instanceof Error ? fault : new Error(String(fault)) };
    }

    override componentDidCatch(fault: unknown): void {
        console.error(fault);
    }

    override componentDidUpdate(before: Props): void {
        if (before.name !== this.props.name && this.state.fault !== undefined) this.setState({ fault: undefined });
    }

    render(): ComponentChildren {
        const { fault } = this.state;
        return fault === undefined ? (
            this.props.children
        ) : (
            <Fault fault={fault} client={this.props.client} again={() => this.setState({ fault: undefined })} />
        );
    }
}

function Fault({ fault, client, again }: { fault: Error; client: Client; again: () => void }): JSX.Element {
    const open = client.pending.value.length;
    return (
        <div class="screen fault">
            <Notice tone="over" role="alert" end={<Button onClick={again}>{say("Try again")}</Button>}>
                <b>{say("This screen stopped by a mistake of the program.")}</b>
                <div>
                    {open > 0
                        ? say(
                              "What you committed is kept on this device and counts once. The ledger is not touched by this.",
                          )
                        : say(
                              "Nothing waits here: what you committed is in the ledger. The ledger is not touched by this.",
                          )}
                </div>
                <div class="small ink-2 mono">{fault.message.slice(0, 160)}</div>
            </Notice>
        </div>
    );
}

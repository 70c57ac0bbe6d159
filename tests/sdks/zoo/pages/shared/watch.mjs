// For an SDK that tells nothing: note which messages the network answered well, as the SDK itself sees it.
export function watchFetch() {
  const [sent, failed, real] = [[], [], window.fetch];
  window.fetch = async (address, options) => {
    const { messageId } = JSON.parse(options?.body ?? "{}");
    try {
      const answer = await real(address, options);
      if (messageId) (answer.ok ? sent : failed).push(messageId);
      return answer;
    } catch (error) {
      failed.push(messageId);
      throw error;
    }
  };
  return { sent, failed };
}

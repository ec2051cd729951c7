// Payloads with everything that Freshdesk puts into its events; each field that may hold something personal holds
// a canary.

export const CANARIES = [
  "Ida Canary", "ida.canary@example.net", "+31 6 5555 0199", "canary subject", "canary body", "canary tag",
  "canary-file.pdf", "canary field", "canary company"
];
const [NAME, MAIL, PHONE, SUBJECT, BODY, TAG, FILE, FIELD, COMPANY] = CANARIES;
const CREATED = "2026-11-20T11:58:00Z";
const UPDATED = "2026-11-20T12:00:00Z";

const person = { id: 43000998877, name: NAME, email: MAIL, phone: PHONE, mobile: PHONE, type: "contact", job_title: NAME };
const attachments = [{ id: 9, name: FILE, content_type: "application/pdf", attachment_url: `https://s3.example/${FILE}` }];

export function ticket(id, more = {}) {
  return {
    actor: person, requester: person, company: { id: 5, name: COMPANY },
    ticket: {
      id, model_id: 43055500000 + id, subject: SUBJECT, description: `<p>${BODY}</p>`, description_text: BODY,
      structured_description: { text: BODY }, is_description_truncated: false, group_id: 43000012345, source: 1,
      status: 2, priority: 1, type: "Question", requester_id: 43000998877, responder_id: null, company_id: 5,
      support_email: "help@acme.freshdesk.com", to_emails: [`${NAME} <${MAIL}>`], cc_emails: [MAIL], fwd_emails: [MAIL],
      reply_cc_emails: [MAIL], ticket_bcc_emails: [MAIL], tags: [TAG], custom_fields: { cf_area: FIELD },
      spam: false, deleted: false, archive: false, customer_reply_count: 2, attachments, created_at: CREATED,
      updated_at: UPDATED, requester_responded_at: UPDATED
    },
    ...more
  };
}

export function conversation(id, ticketId, more = {}) {
  return {
    actor: person,
    conversation: {
      id, ticket_id: ticketId, incoming: true, private: false, source: 0, kind: "reply", category: { id: 1, name: NAME },
      body: `<p>${BODY}</p>`, body_text: BODY, from_email: MAIL, to_emails: [MAIL], cc_emails: [MAIL], bcc_emails: [MAIL],
      support_email: "help@acme.freshdesk.com", user_id: 43000998877, attachments, created_at: UPDATED,
      updated_at: UPDATED, ...more
    }
  };
}

export const deletedTicket = { actor: person, ticket: { model_id: 43055500007, subject: SUBJECT } };
export const deletedConversation = { actor: person, conversation: { id: 43077712345, body: BODY } };

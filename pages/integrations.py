"""Account > Integrations: which accounts are connected, how their imports do, and how to add one."""

from ui import address, catalogue, connected, integration_form, integration_page

if (opened := address.account()) is not None:
    integration_page.draw(opened)
elif address.connecting() == address.FORM:
    integration_form.draw()
elif address.connecting() == address.MODELS:
    catalogue.models()
elif address.connecting() == address.CATALOGUE:
    catalogue.draw()
else:
    connected.draw()
